/** A category of the catalogue, as it is shown. */
export const categoryWords = (category: string): string =>
  category.length <= 3 && category !== 'tax'
    ? category.toUpperCase()
    : category.slice(0, 1).toUpperCase() + category.slice(1)
