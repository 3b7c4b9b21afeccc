export { ItemSet } from './itemSet.ts'
export { SparseScores, sumOf } from './sparseScores.ts'
export { TopK } from './topK.ts'
