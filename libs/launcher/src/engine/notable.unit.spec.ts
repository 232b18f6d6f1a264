import { expect, test } from '@jest/globals'
import { notable } from './notable.ts'

test.each([
  ['{"time":"…","level":"info","service":"x","message":"ready"}', undefined],
  ['{"level":"debug","message":"ready"}', undefined],
  ['', undefined],
  [
    '{"time":"…","level":"warn","service":"x","message":"slow","trace_id":"1","attempt":3,"error":{"code":"late"}}',
    '[x] warn: slow attempt=3 error={"code":"late"}',
  ],
  [
    '{"level":"error","message":"failed","error":{"name":"E","message":"no such table","stack":"…"}}',
    '[x] error: failed error="no such table"',
  ],
  ['{"level":"error","message":"gone","endpoint":"whk_1"}', '[x] error: gone endpoint=whk_1'],
  ['TypeError: x is not a function', '[x] TypeError: x is not a function'],
  ['{ not json', '[x] { not json'],
])('%s is shown as %s', (line, shown) => {
  expect(notable('x', line)).toBe(shown)
})
