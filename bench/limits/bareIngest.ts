/**
 * The limit for `ingest`: what node:http can do on this machine when all it does is parse the JSON and
 * append the body to a file, with one fdatasync for all bodies that gathered while the last one ran.
 * Prints `{"port"}` once it listens.
 */
import { createServer, type ServerResponse } from 'node:http'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

const directory = process.argv[2] ?? '.'
const file = await open(join(directory, 'bare.log'), 'w')
let gathered: { readonly body: Buffer; readonly response: ServerResponse }[] = []
let writing = false

function answer(response: ServerResponse): void {
  const text = '{"success":true}'
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
  response.end(text)
}

async function flush(): Promise<void> {
  writing = true
  while (gathered.length > 0) {
    const group = gathered
    gathered = []
    await file.writev(group.map(({ body }) => body))
    await file.datasync()
    for (const { response } of group) answer(response)
  }
  writing = false
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    JSON.parse(body.toString())
    gathered.push({ body, response })
    if (!writing) void flush()
  })
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`${JSON.stringify({ port })}\n`)
})
