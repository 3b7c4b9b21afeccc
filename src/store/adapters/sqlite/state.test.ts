import { testStateStore } from '../../contract/stateStore.ts'

testStateStore('sqlite')
