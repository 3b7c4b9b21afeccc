import { defineErrors } from '../base/index.ts'

export const mathErrors = defineErrors({
  MATH_KERNEL_MISSING: {
    status: 500,
    meaning: 'A numeric kernel is not built, or the built one does not load.',
    remedy: 'Run npm run setup.',
  },
  MATH_NOT_FINITE: {
    status: 500,
    meaning: 'A number given to a numeric kernel is NaN or infinite.',
    remedy: 'Check the weights and vectors of the data.',
  },
  MATH_OUT_OF_MEMORY: {
    status: 500,
    meaning:
      'A computation asks for more memory than WebAssembly can address (4 GiB) or the machine gives.',
    remedy: 'Use fewer factors or fewer items, or a model that needs less memory.',
  },
  MATH_NOT_POSITIVE_DEFINITE: {
    status: 500,
    meaning:
      'A matrix that is to be inverted or factorised is not positive definite, or holds a number that is not finite.',
    remedy: 'Raise the regularisation.',
  },
})
