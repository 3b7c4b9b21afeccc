import type { Command } from './command.ts'

/** A command by its name; its code is loaded when it is called, so that `help` answers in 0.1 s. */
export interface ListedCommand {
  readonly name: string
  readonly about: string
  readonly load: () => Promise<Command>
}

/** All commands, in the order of the help. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'start',
    about: 'Start the server on a data directory, with every workspace in it',
    load: async () => (await import('./commands/start.ts')).startCommand,
  },
  {
    name: 'import',
    about: 'Import events or items from a file, or a data set from a folder',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'recommend',
    about: 'Ask what to show one person, and why',
    load: async () => (await import('./commands/recommend.ts')).recommendCommand,
  },
  {
    name: 'train',
    about: 'Train a model on what people did, and serve it if it is better',
    load: async () => (await import('./commands/train.ts')).trainCommand,
  },
  {
    name: 'models',
    about: 'List the versions of the trained model, serve one, or go back to the one before',
    load: async () => (await import('./commands/models.ts')).modelsCommand,
  },
  {
    name: 'profile',
    about: 'Print everything that is known of one person',
    load: async () => (await import('./commands/profile.ts')).profileCommand,
  },
  {
    name: 'doctor',
    about: 'Say what is configured, what is running, what is wrong and how to mend it',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'keys',
    about: 'List, create, rotate or revoke the keys of a workspace',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  {
    name: 'workspaces',
    about: 'List the workspaces of a data directory, or create one',
    load: async () => (await import('./commands/workspaces.ts')).workspacesCommand,
  },
  {
    name: 'rebuild',
    about: 'Make profiles, catalogue, models and analytics anew from the event log',
    load: async () => (await import('./commands/rebuild.ts')).rebuildCommand,
  },
  {
    name: 'evaluate',
    about: 'Judge recommenders on a data set, by published protocols',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  },
  {
    name: 'bench',
    about: 'Measure speed and memory on this machine beside the limit of the machine',
    load: async () => (await import('./commands/bench.ts')).benchCommand,
  },
  {
    name: 'version',
    about: 'Print the version of Attune and of Node.js',
    load: async () => (await import('./commands/version.ts')).versionCommand,
  },
]
