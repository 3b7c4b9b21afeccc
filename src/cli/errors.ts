import { defineErrors } from '../base/index.ts'

export const cliErrors = defineErrors({
  CLI_UNKNOWN_COMMAND: {
    status: 400,
    meaning: 'There is no command of that name.',
    remedy: 'Run `attune help` for the list of commands.',
  },
  CLI_UNKNOWN_OPTION: {
    status: 400,
    meaning: 'The command has no such option.',
    remedy: 'Run `attune help <command>` for its options.',
  },
  CLI_BAD_ARGUMENT: {
    status: 400,
    meaning: 'An argument of the command is missing or has the wrong form.',
    remedy: 'Run `attune help <command>` for its arguments and examples.',
  },
  CLI_OLD_NODE: {
    status: 500,
    meaning: 'Attune needs Node.js 24 or newer.',
    remedy: 'Run `npm install` in the repository, which brings Node.js 24, and start with npm.',
  },
  CLI_DATA_UNUSABLE: {
    status: 500,
    meaning: 'The data directory cannot be made or written.',
    remedy:
      'Give this user the right to write there, free some space, or name another directory with --data.',
  },
  CLI_NO_WORKSPACE: {
    status: 404,
    meaning: 'The data directory holds no workspace yet.',
    remedy:
      'Run `attune start` or `attune workspaces create <name>`, or point --data at another directory.',
  },
  CLI_WHICH_WORKSPACE: {
    status: 400,
    meaning: 'The data directory holds several workspaces.',
    remedy: 'Say which one with --workspace.',
  },
  CLI_ALREADY_RUNNING: {
    status: 409,
    meaning: 'A server runs on this data directory.',
    remedy: 'Use that server, stop it, or choose another directory with --data.',
  },
  CLI_SERVER_UNREACHABLE: {
    status: 503,
    meaning: 'The server that holds the data directory does not answer.',
    remedy: 'Look at its log; if the process hangs, stop it and start it again.',
  },
  CLI_STOP_SERVER_FIRST: {
    status: 409,
    meaning: 'The command needs the data directory for itself.',
    remedy: 'Stop the server, run the command, and start the server again.',
  },
  CLI_UNKNOWN_PERSON: {
    status: 404,
    meaning: 'Nobody is known under this identifier.',
    remedy: 'Check the identifier; give its type with --by when it is not a user id.',
  },
  CLI_IMPORT_STOPPED: {
    status: 500,
    meaning: 'The import was stopped before its end.',
    remedy: 'Run the same command again: it goes on where it stopped.',
  },
  CLI_DOCTOR_FOUND: {
    status: 500,
    meaning: 'Something is wrong with this installation.',
    remedy: 'Follow the remedy beside each failed check.',
  },
  CLI_UNEXPECTED: {
    status: 500,
    meaning: 'The command met an error of its own.',
    remedy: 'Run it again with ATTUNE_LOG_LEVEL=debug, which prints where it happened.',
  },
})
