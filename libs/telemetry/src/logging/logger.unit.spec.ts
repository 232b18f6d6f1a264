import { describe, expect, it } from '@jest/globals'
import { createLogger, type LogLevel } from './logger.ts'

function recorded(level?: LogLevel) {
  const lines: string[] = []
  const logger = createLogger('registry', { write: (line) => lines.push(line), ...(level ? { level } : {}) })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> }
}

describe('logger', () => {
  it('writes one JSON line with time, level, service, message and fields', () => {
    const { logger, lines, last } = recorded()
    logger.info('Connector activated', { storeId: 'store_1', apiKey: 'planted' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    expect(last()).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      level: 'info',
      service: 'registry',
      message: 'Connector activated',
      storeId: 'store_1',
      apiKey: '[redacted]',
    })
  })

  it('keeps a message with line breaks on one line', () => {
    const { logger, lines } = recorded()
    logger.warn('two\nlines')
    expect(lines[0]?.trimEnd()).not.toContain('\n')
  })

  it('leaves out what is below its level', () => {
    const { logger, lines } = recorded('warn')
    logger.debug('no')
    logger.info('no')
    logger.warn('yes')
    logger.error('yes')
    expect(lines).toHaveLength(2)
  })

  it('adds the fields of a child, which cannot pass for its own', () => {
    const { logger, last } = recorded()
    logger.child({ storeId: 'store_1' }).error('Failed', { level: 'info', error: new Error('why') })
    expect(last()).toMatchObject({
      level: 'error',
      'field.level': 'info',
      storeId: 'store_1',
      error: { message: 'why' },
    })
  })
})
