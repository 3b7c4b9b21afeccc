import { testArtifactStore } from '../../contract/artifactStore.ts'

testArtifactStore('directory')
