import { proveExamples } from './examples/example';
import { BODY_EXAMPLES } from './examples/bodies';

proveExamples(BODY_EXAMPLES);
