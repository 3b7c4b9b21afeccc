import type { IncomingMessage } from 'node:http'

/** Whether a Host header, or a host name, means this machine. A page of a rebound DNS name does not. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  return name === '[::1]' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}

/** Whether a request comes straight from this machine, not through a proxy. */
export function isDirectLocal(request: IncomingMessage): boolean {
  const from = request.socket.remoteAddress ?? ''
  const local = from === '::1' || /^(?:::ffff:)?127\./.test(from)
  const { forwarded, 'x-forwarded-for': forwardedFor, 'x-real-ip': realIp } = request.headers
  return local && forwarded === undefined && forwardedFor === undefined && realIp === undefined
}
