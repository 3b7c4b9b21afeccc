/**
 * The limit for `decide`: Fastify reading a JSON body and answering the same bytes every time, as many
 * as the decision it stands for. Prints `{"port"}` once it listens.
 */
import { fastify } from 'fastify'

const bytes = Math.max(16, Number(process.argv[2] ?? '2000'))
const body = JSON.stringify({ text: 'x'.repeat(bytes - 11) })
const server = fastify()
server.post('/*', (_request, reply) => reply.header('content-type', 'application/json').send(body))
const address = await server.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${JSON.stringify({ port: Number(new URL(address).port) })}\n`)
