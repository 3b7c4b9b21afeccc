import { testEventLog } from '../../contract/eventLog.ts'

testEventLog('sqlite')
