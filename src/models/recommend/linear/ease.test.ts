import { testRecommender } from '../contract.ts'
import { ease, weightedEase } from './ease.ts'

testRecommender(ease)
testRecommender(weightedEase)
