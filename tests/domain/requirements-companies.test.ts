import { proveExamples } from './examples/example';
import { COMPANY_EXAMPLES } from './examples/companies';

proveExamples(COMPANY_EXAMPLES);
