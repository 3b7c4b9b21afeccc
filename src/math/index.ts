export { type CsrMatrix, transposed } from './csrMatrix.ts'
export { ItemSet } from './itemSet.ts'
export { SparseScores, sumOf } from './sparseScores.ts'
export { TopK } from './topK.ts'
