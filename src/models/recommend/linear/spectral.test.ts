import { testRecommender } from '../contract.ts'
import { spectral } from './spectral.ts'

testRecommender(spectral, { parameters: { rank: 3 } })
