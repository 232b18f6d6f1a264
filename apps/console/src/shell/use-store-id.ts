import { useParams } from 'react-router'

/** The store whose pages these are; from the address. */
export function useStoreId(): string {
  const { storeId } = useParams()
  if (!storeId) throw new Error('This is not a page of a store')
  return storeId
}

/** A part of the address that the route is sure to have. */
export function usePart(name: string): string {
  const value = useParams()[name]
  if (!value) throw new Error(`The address has no ${name}`)
  return value
}
