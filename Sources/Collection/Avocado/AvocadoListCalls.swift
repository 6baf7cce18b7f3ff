import Dialects
import Store

extension AvocadoDialect {
  func addRow(_ list: AvocadoRoute.Listed, _ call: AvocadoCall) async throws -> AvocadoReply {
    let texts = try list.read(call.body, partial: false)
    do {
      try await store.addAvocadoRow(list.stored.fields.map { texts[$0] ?? "" }, to: list.stored)
    } catch {
      throw list.refusal(for: error, texts)
    }
    return AvocadoReply(list.show(texts), status: 201)
  }

  func listRows(_ list: AvocadoRoute.Listed, _ call: AvocadoCall) async throws -> AvocadoReply {
    let found = try await store.avocadoRows(of: list.stored, window: call.window)
    guard list == .testenvironments else { return try call.answer(found, list.texts) }
    return try call.answer(found) { Avocado.Environment(distro: list.texts($0)) }
  }

  /// Everything that can be done with one row.
  func perform(_ call: AvocadoCall, _ list: AvocadoRoute.Listed, _ key: String) async throws -> AvocadoReply {
    let key = try Self.key(key)
    switch call.verb {
    case "DELETE":
      try await store.removeAvocadoRow(key, of: list.stored)
      return .gone
    case "GET", "HEAD": return AvocadoReply(list.show(list.texts(try await store.avocadoRow(key, of: list.stored))))
    default:
      let texts = try list.read(call.body, partial: call.verb == "PATCH")
      let settings = Dictionary(texts.entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      do {
        let row = try await store.changeAvocadoRow(key, of: list.stored, to: settings)
        return AvocadoReply(list.show(list.texts(row)))
      } catch {
        throw list.refusal(for: error, texts)
      }
    }
  }
}

extension AvocadoRoute.Listed {
  fileprivate var stored: AvocadoList {
    switch self {
    case .softwarecomponentkinds: .kinds
    case .softwarecomponentarches: .arches
    case .softwarecomponents: .components
    case .linuxdistros: .distros
    case .testenvironments: .environments
    }
  }

  /// The fields that a body sends; of an environment those of its distribution.
  fileprivate func read(_ body: Avocado.Body, partial: Bool) throws -> Avocado.Texts {
    switch self {
    case .softwarecomponentkinds, .softwarecomponentarches:
      let name = try Avocado.ComponentName(body, partial: partial)
      return Avocado.Texts(entries: name.map { [("name", $0.name)] } ?? [])
    case .softwarecomponents: return try Avocado.Texts(body, fields: Avocado.componentFields, partial: partial)
    case .linuxdistros:
      return try Avocado.Texts(
        body, fields: Avocado.distroFields, partial: partial, defaults: Avocado.distroDefaults)
    case .testenvironments:
      return try Avocado.Environment(body, partial: partial)?.distro ?? Avocado.Texts(entries: [])
    }
  }

  /// A row as it is kept, with the names of its fields.
  fileprivate func texts(_ row: [String]) -> Avocado.Texts {
    Avocado.Texts(entries: zip(stored.fields, row).map { ($0, $1) })
  }

  fileprivate func show(_ texts: Avocado.Texts) -> [UInt8] {
    self == .testenvironments ? Avocado.show(Avocado.Environment(distro: texts)) : Avocado.show(texts)
  }

  /// What is answered if a row cannot be written.
  fileprivate func refusal(for error: any Error, _ texts: Avocado.Texts) -> any Error {
    switch error {
    case AvocadoProblem.exists:
      switch self {
      case .softwarecomponentkinds, .softwarecomponentarches:
        return Avocado.Refusal(Avocado.FieldFaults("name", "This field must be unique."))
      case .softwarecomponents: return Avocado.Refusal.notUnique("kind, name, version, release, checksum, arch")
      case .linuxdistros, .testenvironments: return Avocado.Refusal.notUnique("name, version, release, arch")
      }
    case let unknown as AvocadoUnknown:
      guard self != .testenvironments else { return Avocado.Refusal(400, "distro: There is no such distribution.") }
      var faults = Avocado.FieldFaults()
      for field in unknown.fields { faults.add(field, "Object with name=\(texts[field] ?? "") does not exist.") }
      return Avocado.Refusal(faults)
    default: return error
    }
  }
}
