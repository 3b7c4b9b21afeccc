export { ItemSet } from './itemSet.ts'
export { SparseScores } from './sparseScores.ts'
export { TopK } from './topK.ts'
