import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * Builds the console into `dist/`, which the server hands out at `/`. Nothing is inlined into the page, so
 * that a content security policy without inline scripts holds.
 */
export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
})
