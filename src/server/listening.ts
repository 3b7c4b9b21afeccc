import { type AddressInfo, createServer } from 'node:net'
import { serverErrors } from './errors.ts'

/**
 * Makes sure that a server could listen, before anything slow is begun.
 * @throws SERVER_PORT_BUSY, SERVER_CANNOT_LISTEN
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(listenError(error, host, port)))
    probe.listen({ host, port }, () => probe.close(() => resolve()))
  })
}

/** Why listening failed, with the port named. */
export function listenError(error: unknown, host: string, port: number): Error {
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return busy
    ? serverErrors.SERVER_PORT_BUSY(`port ${port} on ${host} is in use`, { cause: error })
    : serverErrors.SERVER_CANNOT_LISTEN(`cannot listen on ${host}, port ${port}`, { cause: error })
}

/** Address of a listening server as programs on the same machine reach it. */
export function localUrlOf(host: string, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
