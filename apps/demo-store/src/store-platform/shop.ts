import type { Customer, Inventory, Order, Product, StoreEvent } from '@cartly/contracts'
import type { Dice } from '../dice.ts'
import { catalogue, firstNames, lastNames, places, streets } from './catalogue.ts'

/** The nine types of store events. */
export type StoreEventName =
  | 'order.created'
  | 'order.updated'
  | 'order.fulfilled'
  | 'product.created'
  | 'product.updated'
  | 'product.deleted'
  | 'customer.created'
  | 'customer.updated'
  | 'inventory.updated'

export interface ShopSettings {
  readonly storeId: string
  /** Keeps ids of one run apart from those of another; a few characters of `[a-z0-9]`. */
  readonly run: string
  readonly dice: Dice
  readonly now?: () => Date
}

type Stocked = Product & { id: string; sku: string; price: { amount: number; currency: string } }
type Line = NonNullable<Order['items']>[number]

const TAX_PERCENT = 8.5
const OPENING_PRODUCTS = 6
const FEWEST_PRODUCTS = 4
const dollars = (amount: number) => ({ amount, currency: 'USD' })

/**
 * A small shop that goes about its day. What it says hangs together: an order's customer and products were announced
 * before, it is paid before it is fulfilled, and each sale lowers the stock.
 */
export class Shop {
  readonly #settings: ShopSettings
  readonly #dice: Dice
  readonly #products = new Map<string, Stocked>()
  readonly #stock = new Map<string, number>()
  readonly #customers: Customer[] = []
  readonly #unpaid: Order[] = []
  readonly #paid: Order[] = []
  /** What must be said before anything else happens. */
  readonly #due: StoreEvent[] = []
  #number = 1_000
  #count = 0

  constructor(settings: ShopSettings) {
    this.#settings = settings
    this.#dice = settings.dice
    for (let index = 0; index < OPENING_PRODUCTS; index++) this.#addProduct(index)
  }

  /** How many events wait to be said about what has already happened. */
  get due(): number {
    return this.#due.length
  }

  /** What happens next. */
  next(): StoreEvent {
    while (this.#due.length === 0) this.#live()
    return this.#due.shift() as StoreEvent
  }

  #live(): void {
    const happening = this.#dice.weighted({
      order: 30,
      payment: this.#unpaid.length * 20,
      shipping: this.#paid.length * 8,
      customer: this.#customers.length === 0 ? 0 : 5,
      restock: 6,
      price: 5,
      launch: this.#products.size < catalogue.length ? 2 : 0,
      retirement: this.#products.size > FEWEST_PRODUCTS ? 1 : 0,
    })
    switch (happening) {
      case 'order':
        return this.#placeOrder()
      case 'payment':
        return this.#pay(this.#unpaid.shift() as Order)
      case 'shipping':
        return this.#fulfil(this.#paid.shift() as Order)
      case 'customer':
        return this.#changeCustomer()
      case 'restock':
        return this.#changeStock(this.#someProduct(), this.#dice.integer(10, 60))
      case 'price':
        return this.#changePrice()
      case 'launch':
        return this.#addProduct(this.#count)
      case 'retirement':
        return this.#retireProduct()
    }
  }

  #placeOrder(): void {
    const customer =
      this.#customers.length === 0 || this.#dice.chance(0.3) ? this.#welcome() : this.#dice.pick(this.#customers)
    const lines = this.#lines()
    const subtotal = lines.reduce((sum, { unitPrice, quantity }) => sum + (unitPrice?.amount ?? 0) * (quantity ?? 0), 0)
    const shipping = subtotal >= 10_000 ? 0 : 790
    const tax = Math.round((subtotal * TAX_PERCENT) / 100)
    const [address] = customer.addresses ?? []
    const number = ++this.#number
    const order: Order = {
      id: this.#id('ord', number),
      number: `#${number}`,
      status: 'open',
      customerId: customer.id,
      ...(customer.email === undefined ? {} : { email: customer.email }),
      items: lines,
      subtotal: dollars(subtotal),
      shipping: dollars(shipping),
      tax: dollars(tax),
      total: dollars(subtotal + shipping + tax),
      ...(address ? { shippingAddress: address, billingAddress: address } : {}),
      createdAt: this.#time(),
    }
    this.#unpaid.push(order)
    this.#say('order.created', order.id, order)
    for (const { productId, quantity } of lines) {
      this.#changeStock(this.#products.get(productId as string) as Stocked, -(quantity ?? 0))
    }
  }

  #lines(): Line[] {
    const wanted = new Set(Array.from({ length: this.#dice.integer(1, 3) }, () => this.#someProduct()))
    return [...wanted].map((product, index) => ({
      id: `item_${index + 1}`,
      productId: product.id,
      sku: product.sku,
      title: product.title ?? '',
      quantity: this.#dice.chance(0.75) ? 1 : this.#dice.integer(2, 4),
      unitPrice: product.price,
      ...(product.weight ? { weight: product.weight } : {}),
    }))
  }

  #pay(order: Order): void {
    const paid = { ...order, status: 'paid', updatedAt: this.#time() }
    this.#paid.push(paid)
    this.#say('order.updated', order.id, paid)
  }

  #fulfil(order: Order): void {
    const at = this.#time()
    const fulfillment = { carrier: 'USPS', trackingNumber: `9405${this.#dice.digits(18)}`, shippedAt: at }
    this.#say('order.fulfilled', order.id, { ...order, status: 'fulfilled', fulfillment, updatedAt: at })
  }

  #welcome(): Customer {
    const [firstName, lastName] = [this.#dice.pick(firstNames), this.#dice.pick(lastNames)]
    const number = this.#customers.length + 1
    const customer: Customer = {
      id: this.#id('cust', number),
      email: `${firstName}.${lastName}${number}@example.com`.toLowerCase(),
      firstName,
      lastName,
      acceptsMarketing: this.#dice.chance(0.4),
      addresses: [this.#address(`${firstName} ${lastName}`)],
      createdAt: this.#time(),
    }
    this.#customers.push(customer)
    this.#say('customer.created', customer.id, customer)
    return customer
  }

  #changeCustomer(): void {
    const index = this.#dice.integer(0, this.#customers.length - 1)
    const customer = this.#customers[index] as Customer
    const changed: Customer = {
      ...customer,
      ...(this.#dice.chance(0.5)
        ? { acceptsMarketing: !customer.acceptsMarketing }
        : { addresses: [this.#address(`${customer.firstName ?? ''} ${customer.lastName ?? ''}`)] }),
      updatedAt: this.#time(),
    }
    this.#customers[index] = changed
    this.#say('customer.updated', changed.id, changed)
  }

  #address(name: string): NonNullable<Customer['addresses']>[number] {
    const place = this.#dice.pick(places)
    return { name, street1: `${this.#dice.integer(1, 980)} ${this.#dice.pick(streets)}`, ...place, country: 'US' }
  }

  #addProduct(index: number): void {
    const item = catalogue[index % catalogue.length] as (typeof catalogue)[number]
    const product: Stocked = {
      id: this.#id('prod', ++this.#count),
      title: item.title,
      description: `${item.title}, made in small batches`,
      sku: item.sku,
      price: dollars(item.price),
      weight: { value: item.grams, unit: 'g' },
      status: 'active',
      tags: [...item.tags],
      createdAt: this.#time(),
    }
    this.#products.set(product.id, product)
    this.#stock.set(product.id, 0)
    this.#say('product.created', product.id, product)
    this.#changeStock(product, this.#dice.integer(20, 80))
  }

  #changePrice(): void {
    const product = this.#someProduct()
    const amount = Math.round((product.price.amount * this.#dice.integer(90, 112)) / 1_000) * 10
    const changed = { ...product, price: dollars(Math.max(500, amount)), updatedAt: this.#time() }
    this.#products.set(product.id, changed)
    this.#say('product.updated', product.id, changed)
  }

  #retireProduct(): void {
    const { id } = this.#someProduct()
    this.#products.delete(id)
    this.#stock.delete(id)
    this.#say('product.deleted', id, { id, deletedAt: this.#time() })
  }

  /** Sells out no further than to zero: the shop then makes more. */
  #changeStock(product: Stocked, by: number): void {
    const previous = this.#stock.get(product.id) ?? 0
    const available = Math.max(0, previous + by)
    this.#stock.set(product.id, available)
    const inventory: Inventory = {
      productId: product.id,
      sku: product.sku,
      locationId: 'loc_main',
      available,
      previous,
      updatedAt: this.#time(),
    }
    this.#say('inventory.updated', product.id, inventory)
  }

  #someProduct(): Stocked {
    return this.#dice.pick([...this.#products.values()])
  }

  #say(type: StoreEventName, subject: string, data: object): void {
    this.#due.push({
      specversion: '1.0',
      id: `evt_${this.#settings.run}_${this.#dice.hex(20)}`,
      source: `https://cartly.example/stores/${this.#settings.storeId}`,
      type,
      time: this.#time(),
      subject,
      datacontenttype: 'application/json',
      data: data as StoreEvent['data'],
    })
  }

  #id(kind: string, number: number): string {
    return `${kind}_${this.#settings.run}_${number}`
  }

  #time(): string {
    return (this.#settings.now?.() ?? new Date()).toISOString()
  }
}
