import { testRecommender } from '../contract.ts'
import { ials } from './ials.ts'

testRecommender(ials, { parameters: { factors: 8 } })
