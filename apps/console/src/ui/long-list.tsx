import { Button, Center, Loader, Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, type CSSProperties, type ReactNode } from 'react'
import { Link } from 'react-router'
import type { Newer } from '../live/use-newer.ts'
import classes from './long-list.module.css'

export interface Column<T> {
  readonly header: string
  /** A track of a CSS grid. */
  readonly width: string
  readonly cell: (item: T) => ReactNode
  /** On narrow screens; an equal share when absent. */
  readonly narrowWidth?: string
  /** A sign alone on narrow screens, under no header. */
  readonly sign?: boolean
  /** Left out on narrow screens. */
  readonly wideOnly?: boolean
}

interface LongListProps<T> {
  /** What the table is of. */
  readonly label: string
  readonly items: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly keyOf: (item: T) => string
  /** Where the row leads; its first cell is the link. */
  readonly to: (item: T) => string
  /** What came since the list was read. */
  readonly newer?: Newer | undefined
  /** Whether there are more to fetch, and how. */
  readonly more?: { readonly fetch: () => unknown; readonly fetching: boolean } | undefined
}

const ROW_HEIGHT = 48
const OVERSCAN = 12

/** A table of any length: only the rows in sight are drawn, and the next page is fetched before its end is reached. */
export function LongList<T>({ label, items, columns, keyOf, to, newer, more }: LongListProps<T>) {
  const scroller = useRef<HTMLDivElement>(null)
  // Held on to: a new function makes the virtualizer measure all rows again, at each step of scrolling.
  const getItemKey = useCallback((index: number) => keyOf(items[index] as T), [keyOf, items])
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    getItemKey,
  })
  const visible = rows.getVirtualItems()
  const lastVisible = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && !more.fetching && lastVisible >= items.length - OVERSCAN - 1) more.fetch()
  }, [more, lastVisible, items.length])
  const tracks = {
    '--wide': columns.map(({ width }) => width).join(' '),
    '--narrow': columns
      .flatMap(({ narrowWidth, sign, wideOnly }) => (wideOnly ? [] : sign ? '2rem' : (narrowWidth ?? 'minmax(0, 1fr)')))
      .join(' '),
  } as CSSProperties
  return (
    <div className={classes.frame} style={tracks}>
      {newer && (
        <Button variant="light" fullWidth radius={0} size="xs" onClick={newer.show}>
          Show {newer.count} newer
        </Button>
      )}
      <div ref={scroller} className={classes.scroller} role="group" aria-label={`${label}, to scroll`} tabIndex={0}>
        <div role="table" aria-label={label} aria-rowcount={more ? -1 : items.length + 1}>
          <div role="rowgroup" className={classes.head}>
            <div role="row" aria-rowindex={1} className={classes.row}>
              {columns.map(({ header, wideOnly, sign }) => (
                <div
                  role="columnheader"
                  key={header}
                  className={wideOnly ? classes.wideOnly : sign ? classes.unnamed : ''}
                >
                  {header}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {visible.map(({ index, key, start }) => {
              const item = items[index] as T
              return (
                <div
                  role="row"
                  key={key}
                  aria-rowindex={index + 2}
                  className={`${classes.row} ${classes.item}`}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {columns.map(({ header, cell, wideOnly }, column) => (
                    <div role="cell" key={header} className={wideOnly ? classes.wideOnly : ''}>
                      {column === 0 ? (
                        <Link to={to(item)} className={classes.link}>
                          {cell(item)}
                        </Link>
                      ) : (
                        cell(item)
                      )}
                    </div>
                  ))}
                </div>
              )
            })}
          </div>
        </div>
        {more && (
          <Center p="sm">
            {more.fetching ? (
              <Loader size="sm" aria-label="Loading more" />
            ) : (
              <Button variant="subtle" size="xs" onClick={() => more.fetch()}>
                Load more
              </Button>
            )}
          </Center>
        )}
      </div>
      <Text size="xs" c="dimmed" px="sm" py={6} aria-live="polite">
        {items.length.toLocaleString('en')} {more ? 'loaded, more below' : 'in all'}
      </Text>
    </div>
  )
}
