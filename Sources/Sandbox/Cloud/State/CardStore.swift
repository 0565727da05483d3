/// The card entities, bounded in number; the oldest go first.
struct CardStore: Sendable {
    private var entities: [String: CardEntity] = [:]
    private var order = Ring<String>()
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { entities.count }

    subscript(id: String) -> CardEntity? {
        get { entities[id] }
        set { if entities[id] != nil, let newValue { entities[id] = newValue } }
    }

    mutating func append(_ entity: CardEntity) {
        entities[entity.id] = entity
        order.append(entity.id)
        if order.count > limit, let oldest = order.popFirst() { entities[oldest] = nil }
    }
}
