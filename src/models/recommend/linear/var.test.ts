import { testRecommender } from '../contract.ts'
import { blockAutoregression } from './var.ts'

testRecommender(blockAutoregression)
