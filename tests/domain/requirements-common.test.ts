import { proveExamples } from './examples/example';
import { COMMON_EXAMPLES } from './examples/common';

proveExamples(COMMON_EXAMPLES);
