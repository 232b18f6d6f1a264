type Row = readonly [recording: string, errorClass: string, code: string, message: string]

const unknownTo = (scenario: string, step = 's0'): Row => [
  `shippo ${scenario}`,
  'permanent',
  'http_404',
  `Shippo answered 404 to "${step}". Shippo does not know what was asked for. Check that the id or number is right and belongs to this account; rates are kept for 7 days.`,
]

const refusedBy = (vendor: 'Shippo' | 'EasyPost', scenario: string, code: string, said: string, step = 's0'): Row => [
  `${vendor.toLowerCase()} ${scenario}`,
  'permanent',
  code,
  `${vendor} answered ${vendor === 'Shippo' ? 400 : 422} to "${step}": ${said}. ${vendor} refuses a field of the request. Correct what it names.`,
]

/** What becomes of each recorded error: recording, class, code, and the message for the merchant, whole. */
export const recordedErrors: readonly Row[] = [
  refusedBy(
    'EasyPost',
    'Address-Service/throws-an-error-when-we-cannot-create-and-verify-an-address',
    'ADDRESS.VERIFY.FAILURE',
    'Unable to verify address. address Address not found',
  ),
  refusedBy(
    'EasyPost',
    'Address-Service/throws-an-error-when-we-cannot-verify-an-address',
    'ADDRESS.VERIFY.FAILURE',
    'Unable to verify address. address Address not found; street1 House number is missing',
    's1',
  ),
  refusedBy(
    'EasyPost',
    'CarrierAccount-Service/creates-a-carrier-account-with-a-custom-workflow',
    'UNPROCESSABLE_ENTITY',
    `The request was understood, but cannot be processed. ${[
      ...['streets', 'city', 'state', 'postal_code', 'country_code'].map((field) => `shipping_${field}`),
      ...['first_name', 'last_name', 'job_title', 'company_name', 'phone_number', 'email_address'].map(
        (field) => `corporate_${field}`,
      ),
      ...['streets', 'city', 'state', 'postal_code', 'country_code'].map((field) => `corporate_${field}`),
      'account_number',
    ]
      .map((field) => `${field} must be present and a string`)
      .join('; ')}`,
  ),
  unknownTo('address/test_invalid_retrieve'),
  unknownTo('batch/test_invalid_remove', 's2'),
  unknownTo('batch/test_invalid_retrieve'),
  refusedBy('Shippo', 'customs-declaration/test_invalid_create', 'http_400', 'items: This field is required'),
  unknownTo('customs-item/test_invalid_retrieve'),
  refusedBy(
    'Shippo',
    'manifest/test_invalid_create',
    'http_400',
    'address_from: Address with supplied object_id not found',
  ),
  refusedBy('Shippo', 'parcel/test_invalid_create', 'http_400', 'mass_unit: This field is required'),
  unknownTo('parcel/test_invalid_retrieve'),
  refusedBy(
    'Shippo',
    'pickup/test_create',
    'http_400',
    'email: This field is required. requested_end_time: requested_end_time is not a future date. requested_start_time: requested_start_time is not a future date',
    's5',
  ),
  unknownTo('rate/test_invalid_retrieve'),
  refusedBy(
    'Shippo',
    'shipment/test_invalid_create',
    'http_400',
    'customs_declaration: CustomsDeclaration with supplied object_id b741b99f95e841639b54272834bc478c not found. parcels: This field is required. address_to: This field is required',
  ),
  unknownTo('shipment/test_invalid_get_rate'),
  unknownTo('shipment/test_invalid_retrieve'),
  refusedBy(
    'Shippo',
    'track/test_invalid_create',
    'http_400',
    "carrier: Invalid value specified for provider 'EXAMPLE_OF_INVALID_CARRIER'",
  ),
  unknownTo('transaction/test_invalid_retrieve'),
]
