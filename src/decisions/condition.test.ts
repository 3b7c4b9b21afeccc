import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../base/index.ts'
import type { AttributeValue } from '../catalog/index.ts'
import { compileFilter } from './condition.ts'
import type { ConditionScope } from './conditionPath.ts'

type Row = Readonly<Record<string, AttributeValue>>

/** The columns of a few items, as the catalogue shows them. */
function scopeOf(
  rows: readonly Row[],
  traits: JsonObject = {},
  context: JsonObject = {},
): ConditionScope {
  return {
    catalog: {
      idOf: (n) => `i${n}`,
      title: (n) => `Item ${n}`,
      price: (n) => (typeof rows[n]?.['price'] === 'number' ? rows[n]['price'] : Number.NaN),
      column: (path) => ({
        kind: 'text',
        value: (n) => rows[n]?.[path],
        code: () => -1,
        codes: () => [],
        holders: () => [],
        text: () => '',
      }),
    },
    profile: { traits, groups: ['vip'], events: 3, createdAt: 1, seenAt: 2 },
    context,
  }
}

const ITEMS: readonly Row[] = [
  { price: 10, brand: 'A', categories: ['shoes', 'red'] },
  { price: 20, brand: 'B', categories: ['hats'] },
  { brand: 'A' },
  { price: 0, 'attributes.sale': true },
]

function accepted(condition: unknown, traits: JsonObject = {}, context: JsonObject = {}): number[] {
  const test = compileFilter(condition, 'filter').bind(scopeOf(ITEMS, traits, context))
  return [...ITEMS.keys()].filter((n) => test.accepts(n))
}

describe('compileFilter', () => {
  it.each<[JsonObject, number[]]>([
    [{}, [0, 1, 2, 3]],
    [{ 'item.price': { $lt: 15 } }, [0, 3]],
    [{ 'item.price': { $gte: 10, $lte: 20 } }, [0, 1]],
    [{ 'item.price': { $gt: 10 } }, [1]],
    [{ 'item.price': 0 }, [3]],
    [{ 'item.price': { $exists: false } }, [2]],
    [{ 'item.brand': 'A' }, [0, 2]],
    [{ 'item.brand': { $ne: 'A' } }, [1, 3]],
    [{ 'item.brand': { $in: ['B', 'C'] } }, [1]],
    [{ 'item.brand': { $nin: ['B', 'C'] } }, [0, 2, 3]],
    [{ 'item.categories': 'red' }, [0]],
    [{ 'item.categories': { $in: ['hats', 'red'] } }, [0, 1]],
    [{ 'item.attributes.sale': true }, [3]],
    [{ 'item.id': 'i2' }, [2]],
    [{ $or: [{ 'item.brand': 'B' }, { 'item.price': { $lt: 5 } }] }, [1, 3]],
    [{ $not: { 'item.brand': 'A' } }, [1, 3]],
    [{ $and: [{ 'item.brand': 'A' }, { 'item.price': { $exists: true } }] }, [0]],
    [{ 'person.known': true, 'person.groups': 'vip', 'person.events': { $gte: 3 } }, [0, 1, 2, 3]],
    [{ 'person.traits.plan': 'gold' }, []],
    [{ 'item.price': { $lt: 'many' } }, []],
  ])('%j accepts %j', (condition, expected) => {
    expect(accepted(condition)).toEqual(expected)
  })

  it('compares with what is known of the person and of the page', () => {
    const below = { 'item.price': { $lt: { $ref: 'person.traits.budget' } } }
    expect(accepted(below, { budget: 15 })).toEqual([0, 3])
    expect(accepted(below)).toEqual([])
    expect(accepted({ 'item.price': { $lt: { $ref: 'person.traits.budget', $else: 5 } } })).toEqual(
      [3],
    )
    expect(
      accepted(
        { 'item.categories': { $in: { $ref: 'context.wanted' } } },
        {},
        { wanted: ['hats'] },
      ),
    ).toEqual([1])
    expect(accepted({ 'person.traits.a.b': 2 }, { a: { b: 2 } })).toHaveLength(4)
  })

  it('names the references that have no value', () => {
    const filter = compileFilter(
      { 'item.price': { $lt: { $ref: 'person.traits.budget' } } },
      'filter',
    )
    expect(filter.bind(scopeOf(ITEMS)).missing).toEqual(['person.traits.budget'])
    expect(filter.bind(scopeOf(ITEMS, { budget: 1 })).missing).toEqual([])
  })

  it.each<[unknown, RegExp]>([
    [
      { 'itm.price': 3 },
      /filter: "itm\.price" must begin with item, person or context. Did you mean "item"\?/,
    ],
    [{ 'item.brnd': 3 }, /Did you mean "item\.brand"\?/],
    [{ 'item.attributes': 3 }, /expected item\.attributes\.<name>/],
    [{ 'person.budget': 3 }, /"person\.budget" is not known/],
    [{ 'item.price': { $less: 3 } }, /filter\.item\.price: "\$less" is not an operator/],
    [
      { 'item.price': { $lt: { $ref: 'person.trait.budget' } } },
      /filter\.item\.price\.\$lt.*Did you mean "person\.traits"\?/,
    ],
    [{ 'item.price': { $lt: { $ref: 5 } } }, /\$ref must be a path/],
    [{ 'item.price': {} }, /has no operator/],
    [{ 'item.brand': { $in: 'A' } }, /must be a list or a \$ref/],
    [{ 'item.brand': { $exists: 1 } }, /must be true or false/],
    [{ 'item.brand': null }, /must be a text, a number/],
    [{ $orr: [] }, /"\$orr" is not known. Did you mean "\$or"\?/],
    [{ $or: [] }, /filter\.\$or: must be a list/],
    [[], /must be an object of comparisons/],
    [{ 'context.__proto__.x': 1 }, /names no value/],
    [JSON.parse('{"__proto__": 1}'), /must begin with item/],
  ])('refuses %j', (condition, complaint) => {
    expect(() => compileFilter(condition, 'filter')).toThrow(complaint)
  })

  it('refuses what is nested too deep', () => {
    let condition: JsonObject = { 'item.brand': 'A' }
    for (let k = 0; k < 20; k++) condition = { $not: condition }
    expect(() => compileFilter(condition, 'filter')).toThrow(/nested deeper than 8/)
  })

  it('means the same as reading the condition word by word', () => {
    const scalar = fc.constantFrom<string | number | boolean>(0, 10, 20, 'A', 'B', 'red', true)
    const test = fc.oneof(
      scalar,
      fc.record({ $gt: fc.constantFrom(0, 10, 20) }),
      fc.record({ $lte: fc.constantFrom(0, 10, 20) }),
      fc.record({ $ne: scalar }),
      fc.record({ $in: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
      fc.record({ $exists: fc.boolean() }),
    )
    const leaf = fc.dictionary(
      fc.constantFrom('item.price', 'item.brand', 'item.categories', 'context.x'),
      test,
      {
        minKeys: 1,
        maxKeys: 3,
      },
    )
    const condition = fc.letrec<{ node: JsonObject }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        leaf as fc.Arbitrary<JsonObject>,
        tie('node').map(($not) => ({ $not })),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })),
      ),
    })).node
    fc.assert(
      fc.property(condition, (tree) => {
        const context = { x: 10 }
        const slow = [...ITEMS.keys()].filter((n) => holds(tree, n, context))
        expect(accepted(tree, {}, context)).toEqual(slow)
      }),
    )
  })
})

/** The plain meaning of a condition, read anew for each item. */
function holds(tree: JsonObject, n: number, context: JsonObject): boolean {
  return Object.entries(tree).every(([key, test]) => {
    if (key === '$not') return !holds(test as JsonObject, n, context)
    if (key === '$or') return (test as JsonObject[]).some((part) => holds(part, n, context))
    if (key === '$and') return (test as JsonObject[]).every((part) => holds(part, n, context))
    const [root, field = ''] = key.split('.')
    const left = root === 'item' ? ITEMS[n]?.[field] : context[field]
    const tests = typeof test === 'object' ? (test as JsonObject) : { $eq: test }
    return Object.entries(tests).every(([operator, right]) => holdsTest(left, operator, right))
  })
}

function holdsTest(left: unknown, operator: string, right: unknown): boolean {
  const lefts = Array.isArray(left) ? left : [left]
  if (operator === '$eq') return lefts.includes(right)
  if (operator === '$ne') return !lefts.includes(right)
  if (operator === '$in') return lefts.some((one) => (right as unknown[]).includes(one))
  if (operator === '$exists') return (left !== undefined) === right
  if (typeof left !== 'number') return false
  return operator === '$gt' ? left > (right as number) : left <= (right as number)
}
