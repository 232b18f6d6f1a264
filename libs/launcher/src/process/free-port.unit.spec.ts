import { expect, it } from '@jest/globals'
import { freePort } from './free-port.ts'

it('gives no port twice, whatever the chance', async () => {
  const ports = await Promise.all(Array.from({ length: 400 }, () => freePort()))
  expect(new Set(ports).size).toBe(400)
})
