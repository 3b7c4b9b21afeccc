import { describe, expect, it } from 'vitest'
import { checkItem } from './itemSchema.ts'

function rejection(raw: unknown): { code: string; reason: string } {
  const checked = checkItem(raw)
  if ('item' in checked) throw new Error(`taken: ${JSON.stringify(checked.item).slice(0, 200)}`)
  return checked
}

const wrongFields: readonly (readonly [object, string])[] = [
  [{ price: -1 }, 'price '],
  [{ price: Number.NaN }, 'price '],
  [{ price: Number.POSITIVE_INFINITY }, 'price '],
  [{ price: 'NaN' }, 'price '],
  [{ price: `${'1'.repeat(1_000_000)}x` }, 'price '],
  [{ price: '12,50' }, 'price '],
  [{ price: {} }, 'price '],
  [{ stock: -0.5 }, 'stock '],
  [{ title: 7 }, 'title '],
  [{ title: 'x'.repeat(10_000_000) }, 'title '],
  [{ description: 'x'.repeat(10_000_000) }, 'description '],
  [{ brand: ['a'] }, 'brand '],
  [{ categories: 'Shoes' }, 'categories '],
  [{ categories: ['a', 7] }, 'categories.1 '],
  [{ currency: 'euro' }, 'currency '],
  [{ enabled: 'yes' }, 'enabled '],
  [{ publishedAt: 'yesterday' }, 'publishedAt '],
  [{ publishedAt: '2026-03-01T12:00:00' }, 'publishedAt '],
  [{ availableFrom: 2000, availableUntil: 1000 }, 'availableUntil '],
  [{ url: 'javascript:alert(1)' }, 'url '],
  [{ image: 'data:text/html,x' }, 'image '],
  [{ attributes: [] }, 'attributes '],
  [{ attributes: { a: { b: 1 } } }, 'attributes.a '],
  [{ attributes: { a: ['x', 1] } }, 'attributes.a '],
  [{ attributes: { a: 'x'.repeat(1001) } }, 'attributes.a '],
  [{ attributes: { a: Number.NaN } }, 'attributes.a '],
  [{ attributes: JSON.parse('{"__proto__":{"x":1}}') as object }, 'attributes'],
  [{ attributes: { constructor: 'x' } }, 'attributes.constructor '],
]

describe('checkItem', () => {
  it('reads what clients write, in one order of fields', () => {
    const raw = {
      attributes: { color: 'red', size: 4, sale: true, tags: ['a'], gone: null },
      publishedAt: '2026-03-01T12:00:00+02:00',
      availableFrom: '2026-03-01',
      stock: '7',
      price: ' 19.90 ',
      brand: null,
      id: 42,
    }
    expect(JSON.stringify(checkItem(raw))).toBe(
      JSON.stringify({
        item: {
          id: '42',
          price: 19.9,
          stock: 7,
          availableFrom: Date.UTC(2026, 2, 1),
          publishedAt: Date.UTC(2026, 2, 1, 10),
          attributes: { color: 'red', size: 4, sale: true, tags: ['a'] },
        },
      }),
    )
  })

  it.each(wrongFields.map(([fields, start], i) => [`${start}(${i})`, start, fields] as const))(
    'refuses %s by name',
    (_, start, fields) => {
      const { code, reason } = rejection({ id: 'a', ...fields })
      expect(code).toBe('CATALOG_INVALID_ITEM')
      expect(reason.startsWith(start)).toBe(true)
      expect(reason.length).toBeLessThan(300)
    },
  )

  it.each(
    [
      [{ id: '' }],
      [{ id: ' ' }],
      [{ id: null }],
      [{}],
      [{ id: 'null' }],
      [{ id: '[object Object]' }],
      [{ id: 'a\u0000' }],
      [{ id: '\udc00' }],
      [{ id: 'x'.repeat(513) }],
      [{ id: {} }],
      [null],
      [[]],
      ['a'],
    ].map(([raw], i) => [i, raw] as const),
  )('refuses the id of case %i', (_, raw) => {
    expect(rejection(raw)).toMatchObject({
      code: 'CATALOG_INVALID_ITEM',
      reason: expect.stringMatching(/\bid\b/),
    })
  })

  it('sends unknown fields to the attributes', () => {
    expect(rejection({ id: 'a', colour: 'red' })).toMatchObject({
      code: 'CATALOG_UNKNOWN_FIELD',
      reason: expect.stringMatching(/^"colour" .*"attributes"/),
    })
    expect(rejection(JSON.parse('{"id":"a","__proto__":{"price":1}}')).code).toBe(
      'CATALOG_UNKNOWN_FIELD',
    )
  })

  it.each(['https://a.example/x', '//a.example/x', '/x.svg', 'x/y.png', 'a?b=c:d', 'HTTPS://a/'])(
    'takes the link %s',
    (url) => expect(checkItem({ id: 'a', url, image: url })).toHaveProperty('item'),
  )
})
