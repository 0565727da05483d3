import Cryptography
import Hummingbird
import JSON

/// CardKit's routes, and the delayed update of a card (interface specification, sections 5.7 and 6.3).
struct CardInterface {
    private static let sequences: ClosedRange<Int64> = 1...2_147_483_647

    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        let cards = "/open-apis/cardkit/v1/cards"
        let card = "\(cards)/:card"
        let element = "\(card)/elements/:element"
        let guarded = InterfaceDoor.Guard.app(Scopes.cards)
        door.add(to: router, .post, cards, guarded) { call in
            let id = try self.cloud.createCard(
                type: try self.text("type", of: call),
                data: try self.text("data", of: call),
                by: call.appID
            )
            return .data(["card_id": .string(id)])
        }
        door.add(to: router, .put, card, guarded) { call in
            try self.cloud.replaceCard(call.body["card"], try self.operation(call))
            return .nothing
        }
        door.add(to: router, .patch, "\(card)/settings", guarded) { call in
            try self.cloud.changeSettings(try self.text("settings", of: call), try self.operation(call))
            return .nothing
        }
        door.add(to: router, .post, "\(card)/batch_update", guarded) { call in
            try self.cloud.updateCard(actions: try self.text("actions", of: call), try self.operation(call))
            return .nothing
        }
        door.add(to: router, .put, "\(element)/content", guarded) { call in
            try self.cloud.streamText(
                try self.text("content", of: call),
                into: call.parameter("element"),
                try self.operation(call)
            )
            return .nothing
        }
        addElements(to: router, door, card: card, element: element, guarded)
        door.add(to: router, .post, "/open-apis/interactive/v1/card/update") { call in
            guard let token = call.body["token"]?.string, let card = call.body["card"] else {
                throw APIError.badCardParameter
            }
            try self.cloud.updateCard(token: token, card: card, by: call.appID)
            return .nothing
        }
    }

    private func addElements(
        to router: Router<SandboxContext>,
        _ door: InterfaceDoor,
        card: String,
        element: String,
        _ guarded: InterfaceDoor.Guard
    ) {
        door.add(to: router, .post, "\(card)/elements", guarded) { call in
            let change = CardChange.adding(
                call.body["elements"],
                type: call.body["type"]?.string,
                target: call.body["target_element_id"]?.string
            )
            try self.cloud.changeElements(change, try self.operation(call))
            return .nothing
        }
        door.add(to: router, .put, element, guarded) { call in
            let change = CardChange.replacing(call.parameter("element"), with: call.body["element"])
            try self.cloud.changeElements(change, try self.operation(call))
            return .nothing
        }
        door.add(to: router, .patch, element, guarded) { call in
            let change = CardChange.patching(call.parameter("element"), with: call.body["partial_element"])
            try self.cloud.changeElements(change, try self.operation(call))
            return .nothing
        }
        door.add(to: router, .delete, element, guarded) { call in
            try self.cloud.changeElements(.delete([call.parameter("element")]), try self.operation(call))
            return .nothing
        }
    }

    /// A text of the body; 10002 when it is missing.
    private func text(_ name: String, of call: Call) throws(APIError) -> String {
        guard let text = call.body[name]?.string else { throw .badCardParameter }
        return text
    }

    /// What every operation carries; 10002 for a sequence or uuid out of range.
    private func operation(_ call: Call) throws(APIError) -> CardOperation {
        guard let sequence = call.body["sequence"]?.integer, Self.sequences.contains(sequence) else {
            throw .badCardParameter
        }
        let uuid = call.body["uuid"]?.string
        guard (uuid?.utf8.count ?? 0) <= 64 else { throw .badCardParameter }
        let name = "\(call.request.method.rawValue) \(call.request.uri.path) "
        return CardOperation(
            cardID: call.parameter("card"),
            appID: call.appID,
            sequence: sequence,
            uuid: uuid?.isEmpty == true ? nil : uuid,
            // A digest, since a card remembers a thousand of them.
            fingerprint: Hex.encode(SHA256.hash(Array(name.utf8) + call.bytes).prefix(16))
        )
    }
}
