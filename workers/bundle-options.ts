import { failureConverterPath } from '../temporal-converter';

/** What the bundle of workflows holds beside the workflows. Read by the build as well. */
export const bundleOptions = { failureConverterPath };
