export { DecayedCounts } from './recommend/decayedCounts.ts'
export { ItemRelation, type RelationOptions } from './recommend/itemRelation.ts'
export { bytesOf, SectionReader } from './recommend/savedState.ts'
export { trendingItems, type TrendingOptions } from './recommend/trending.ts'
