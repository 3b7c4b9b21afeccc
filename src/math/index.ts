export { mathErrors } from './errors.ts'
export { SparseScores } from './sparseScores.ts'
export { TopK } from './topK.ts'
