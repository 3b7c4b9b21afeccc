import { type Config, readConfig } from '../app/index.ts'
import type { Arguments } from './command.ts'

/** Configuration with a command's flags on top. @throws APP_CONFIG_* */
export function configOf(args: Arguments): Config {
  return readConfig({
    flags: {
      ...given('data', args.text('data')),
      ...given('workspace', args.text('workspace')),
      ...given('host', args.text('host')),
      ...given('port', args.number('port')),
      ...given('logLevel', args.text('log-level')),
    },
  })
}

function given<K extends keyof Config>(key: K, value: Config[K] | undefined): Partial<Config> {
  const flags: Partial<Config> = {}
  return value === undefined ? flags : { ...flags, [key]: value }
}
