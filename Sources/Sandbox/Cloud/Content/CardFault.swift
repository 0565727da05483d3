/// What is wrong with a card's JSON.
enum CardFault: Error, Equatable {
    case unparsable(path: String?, reason: String)
    /// A tag or property that schema 2.0 does not have any more.
    case withdrawn(path: String, tag: String)
    case duplicateElement(path: String)
    case tooManyElements
    case tooManyTables
    case tooBig
    case notShared
    case oldSchema
    case empty

    /// As sending or patching a message tells it: 230099 with the details in the text (interface specification,
    /// section 5.1).
    var inMessage: APIError {
        switch self {
        case .unparsable(let path?, let reason):
            .card("ErrCode: 200621; ErrPath: \(path); ErrMsg: \(reason); ")
        case .unparsable(nil, let reason): .card("ErrCode: 200621; ErrMsg: \(reason); ")
        case .withdrawn(let path, let tag):
            .card(
                "ErrCode: 200861; ErrPath: \(path)(tag: \(tag)); ErrMsg: cards of schema V2 no longer support "
                    + "this capability; ErrorValue: unsupported tag \(tag); "
            )
        case .duplicateElement(let path):
            .card("ErrCode: 300301; ErrPath: \(path); ErrMsg: duplicate element_id; ")
        case .tooManyElements: .card("ErrCode: 11310; ErrMsg: element exceeds the limit; ErrorValue: element; ")
        case .tooManyTables: .card("ErrCode: 11310; ErrMsg: card table number over limit; ErrorValue: table; ")
        case .tooBig: .tooLong
        case .notShared: .card("ErrCode: 300302; ErrMsg: update_multi is false; ")
        case .oldSchema: .card("ErrCode: 300303; ErrMsg: only schema 2.0 is supported; ")
        case .empty: .card("ErrCode: 300307; ErrMsg: card content is empty; ")
        }
    }

    /// As CardKit tells it: a code of its own where there is one.
    var inCardKit: APIError {
        switch self {
        case .unparsable(let path, let reason):
            .badRequest(200_220, "The card content is invalid: \(path.map { $0 + ": " } ?? "")\(reason)")
        case .withdrawn(let path, let tag):
            .badRequest(200_861, "\(path): cards of schema V2 no longer support tag \(tag)")
        case .duplicateElement: .duplicateElement
        case .tooManyElements: .tooManyElements
        // The vendor's own application met this one with IM's code and text.
        case .tooManyTables: inMessage
        case .tooBig: .cardTooBig
        case .notShared: .notShared
        case .oldSchema: .oldSchema
        case .empty: .cardEmpty
        }
    }
}
