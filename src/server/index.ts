export { requireFreePort } from './listening.ts'
export {
  readRuntimeFile,
  removeRuntimeFile,
  type RuntimeFile,
  writeRuntimeFile,
} from './runtimeFile.ts'
export { type Addresses, type AttuneServer, openServer, type ServerOptions } from './server.ts'
export type { Tenant } from './tenants.ts'
