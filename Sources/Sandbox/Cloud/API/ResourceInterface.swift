import Hummingbird
import JSON

/// Routes for files and images (interface specification, section 5.5).
struct ResourceInterface {
    /// What a form may have beside the file it carries.
    private static let formAllowance = 64 << 10

    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        door.add(
            to: router,
            .post,
            "/open-apis/im/v1/images",
            .app(Scopes.upload),
            bodyLimit: FeishuCloud.imageLimit + Self.formAllowance,
            tooBig: .resourceTooBig
        ) { call in
            .data(["image_key": .string(try self.cloud.uploadImage(try call.form(), by: call.appID))])
        }
        door.add(
            to: router,
            .post,
            "/open-apis/im/v1/files",
            .app(Scopes.upload),
            bodyLimit: FeishuCloud.fileLimit + Self.formAllowance,
            tooBig: .resourceTooBig
        ) { call in
            .data(["file_key": .string(try self.cloud.uploadFile(try call.form(), by: call.appID))])
        }
        door.add(to: router, .get, "/open-apis/im/v1/messages/:id/resources/:key", .app(Scopes.read)) { call in
            .resource(
                try self.cloud.resource(
                    call.parameter("key"),
                    ofMessage: call.parameter("id"),
                    type: call.query("type"),
                    for: call.appID
                )
            )
        }
        door.add(to: router, .get, "/open-apis/im/v1/images/:key", .app(Scopes.upload)) { call in
            .resource(try self.cloud.ownResource(call.parameter("key"), kind: .image, for: call.appID))
        }
        door.add(to: router, .get, "/open-apis/im/v1/files/:key", .app(Scopes.upload)) { call in
            .resource(try self.cloud.ownResource(call.parameter("key"), kind: .file, for: call.appID))
        }
    }
}
