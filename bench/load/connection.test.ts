import { createServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Connection } from './connection.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A server that answers every request with the same bytes, cut into the given pieces. */
function answering(pieces: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    server = createServer((socket) => {
      socket.setNoDelay(true)
      socket.on('data', () => {
        pieces.forEach((piece, i) => setTimeout(() => socket.write(piece), i * 10))
      })
    })
    server.listen(0, '127.0.0.1', () => {
      const address = server?.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

async function ask(pieces: readonly string[]): Promise<readonly [number, number]> {
  const port = await answering(pieces)
  const { promise, resolve, reject } = Promise.withResolvers<readonly [number, number]>()
  const connection = await Connection.open('127.0.0.1', port, reject)
  connection.send(Buffer.from('x'), (status, bytes) => resolve([status, bytes]))
  const answer = await promise.finally(() => connection.close())
  return answer
}

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nx: y\r\n\r\nhello world'

test('an answer is whole when its length has arrived, however it is cut', async () => {
  for (const cut of [0, 5, 17, 30, 47, 49, 55]) {
    expect(await ask([ANSWER.slice(0, cut), ANSWER.slice(cut)].filter(Boolean))).toEqual([200, 11])
    server?.close()
  }
})

test('an answer without a body is whole after its head', async () => {
  expect(await ask(['HTTP/1.1 204 No Content\r\n\r\n'])).toEqual([204, 0])
  server?.close()
  expect(await ask(['HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n'])).toEqual([429, 0])
})

test('an answer of unknown length fails the run', async () => {
  await expect(ask(['HTTP/1.1 200 OK\r\n\r\n'])).rejects.toThrow('content-length')
})
