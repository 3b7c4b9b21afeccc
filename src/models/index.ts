export { DecayedCounts } from './recommend/decayedCounts.ts'
export { ItemRelation, type RelationOptions } from './recommend/itemRelation.ts'
export { type Section, SectionReader, sectionsOf } from './recommend/savedState.ts'
export { trendingItems, type TrendingOptions } from './recommend/trending.ts'
