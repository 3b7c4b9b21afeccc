import { describe, expect, it } from 'vitest'
import { TitleBook } from './titleBook.ts'

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('TitleBook', () => {
  it('fetches what is wanted within one turn in one request, and each id once', async () => {
    const asked: (readonly string[])[] = []
    const book = new TitleBook(async (ids) => {
      asked.push(ids)
      return ids.filter((id) => id !== 'gone').map((id) => ({ id, title: `The ${id}` }))
    })
    book.want(['a', 'b'])
    book.want(['b', 'gone'])
    await settled()
    book.want(['a', 'gone'])
    await settled()
    expect(asked).toEqual([['a', 'b', 'gone']])
    expect(book.titleOf('a')).toBe('The a')
    expect(book.titleOf('gone')).toBe('gone')
  })

  it('tells listeners when titles became known', async () => {
    const book = new TitleBook(async (ids) => ids.map((id) => ({ id, title: id })))
    let told = 0
    const stop = book.subscribe(() => told++)
    book.want(['a'])
    await settled()
    stop()
    book.want(['b'])
    await settled()
    expect(told).toBe(1)
  })

  it('asks again for what could not be fetched', async () => {
    let calls = 0
    const book = new TitleBook(async (ids) => {
      if (++calls === 1) throw new Error('no answer')
      return ids.map((id) => ({ id, title: `The ${id}` }))
    })
    book.want(['a'])
    await settled()
    expect(book.titleOf('a')).toBe('a')
    book.want(['a'])
    await settled()
    expect(book.titleOf('a')).toBe('The a')
  })

  it('leaves alone an id that a list with commas would cut', async () => {
    const asked: string[] = []
    const book = new TitleBook(async (ids) => {
      asked.push(...ids)
      return []
    })
    book.want(['a,b'])
    await settled()
    expect(asked).toEqual([])
  })
})
