export type { AttributeColumn, ColumnKind } from './attributeColumn.ts'
export { Catalog } from './catalog.ts'
export type { AttributeValue, Item } from './item.ts'
export { checkItem, type ItemRejection } from './itemSchema.ts'
