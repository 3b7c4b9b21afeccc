import swagger from '@fastify/swagger'
import type { FastifyTypeBox } from './typebox.ts'

const TAGS = [
  { name: 'events', description: 'Send what people do: the Segment HTTP tracking API' },
  { name: 'decisions', description: 'Ask what to show' },
  { name: 'people', description: 'Profiles and identities' },
  { name: 'items', description: 'The catalogue' },
  { name: 'placements', description: 'What a slot shows, as versioned documents' },
  { name: 'models', description: 'Trained models: train, promote, roll back' },
  { name: 'watch', description: 'What is going on' },
  { name: 'keys', description: 'Write keys and secret keys' },
  { name: 'demo', description: 'The simulated demo' },
  { name: 'operations', description: 'For whatever runs the process' },
]

const DESCRIPTION = `Write keys may only send events. Secret keys may do everything and stay on servers.
Send a key as bearer token or as the user name of basic auth. Errors are
{ "error": { "code", "message", "remedy", "status" } }.`

/** Collects the schemas of all routes that are added to `app` afterwards into an OpenAPI document. */
export async function describeApi(app: FastifyTypeBox, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Attune', version, description: DESCRIPTION },
      tags: TAGS,
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: 'A write key or a secret key' },
        },
      },
    },
  })
}

/** The part of a schema that describes a route which needs a secret key. */
export function keyedRoute(
  tag: string,
  summary: string,
): { tags: string[]; summary: string; security: { key: string[] }[] } {
  return { tags: [tag], summary, security: [{ key: [] }] }
}
