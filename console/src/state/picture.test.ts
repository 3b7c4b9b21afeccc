import { describe, expect, it } from 'vitest'
import { pictureAddress, placeholderOf } from './picture.ts'

describe('pictureAddress', () => {
  it.each(['/demo/items/1.svg', 'https://shop.example/1.jpg', 'http://127.0.0.1:1/a.png'])(
    'takes %s',
    (image) => {
      expect(pictureAddress(image)).toBe(image)
    },
  )

  it.each([undefined, '', 'javascript:alert(1)', '//elsewhere.example/a.png', 'a.png', '/\\evil'])(
    'refuses %s',
    (image) => {
      expect(pictureAddress(image)).toBeUndefined()
    },
  )
})

describe('placeholderOf', () => {
  it('draws the same item the same way, with its first letters', () => {
    const item = { id: '85123A', title: 'white hanging heart' }
    expect(placeholderOf(item)).toEqual(placeholderOf({ ...item }))
    expect(placeholderOf(item).letters).toBe('WH')
    expect(placeholderOf({ id: '***' }).letters).toBe('?')
  })
})
