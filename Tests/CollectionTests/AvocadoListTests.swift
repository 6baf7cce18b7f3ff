import Testing

@Suite struct AvocadoListTests {
  @Test(arguments: ["/softwarecomponentkinds/", "/softwarecomponentarches/"])
  func names(_ path: String) async throws {
    try await run([
      AvocadoStep("GET", path, 200, #"{"count":1,"next":null,"previous":null,"results":[{"name":"unknown"}]}"#),
      AvocadoStep("POST", path, sending: #"{"name":"rpm"}"#, 201, #"{"name":"rpm"}"#),
      AvocadoStep("POST", path, sending: #"{"name":"rpm"}"#, 400, #"{"name":["This field must be unique."]}"#),
      AvocadoStep("POST", path, sending: "{}", 400, #"{"name":["This field is required."]}"#),
      AvocadoStep(
        "POST", path, sending: #"{"name":"123456789012345678901"}"#, 400,
        #"{"name":["Ensure this field has no more than 20 characters."]}"#),
      AvocadoStep("PUT", path + "2/", sending: #"{"name":"deb"}"#, 200, #"{"name":"deb"}"#),
      AvocadoStep(
        "PUT", path + "2/", sending: #"{"name":"unknown"}"#, 400, #"{"name":["This field must be unique."]}"#),
      AvocadoStep("PATCH", path + "2/", sending: "{}", 200, #"{"name":"deb"}"#),
      AvocadoStep("GET", path + "2/", 200, #"{"name":"deb"}"#),
      AvocadoStep("GET", path + "deb/", 404, #"{"detail":"Not found"}"#),
      AvocadoStep("DELETE", path + "2/", 204), AvocadoStep("DELETE", path + "2/", 404),
    ])
  }

  @Test func components() async throws {
    let path = "/softwarecomponents/"
    let row = #"{"name":"glibc","version":"2","release":"1","checksum":"c","kind":"rpm","arch":"unknown"}"#
    try await run([
      AvocadoStep(
        "POST", path, sending: row, 400, #"{"kind":["Object with name=rpm does not exist."]}"#),
      AvocadoStep("POST", "/softwarecomponentkinds/", sending: #"{"name":"rpm"}"#, 201),
      AvocadoStep("POST", path, sending: row, 201, row),
      AvocadoStep(
        "POST", path, sending: row, 400,
        #"{"non_field_errors":["The fields kind, name, version, release, checksum, arch must make a unique set."]}"#),
      AvocadoStep("POST", path, sending: #"{"name":"x"}"#, 400, #"{"version":["This field is required."],…"#),
      AvocadoStep("DELETE", "/softwarecomponentkinds/2/", 409, #"{"detail":"Other rows refer to this one."}"#),
      AvocadoStep("DELETE", "/softwarecomponentarches/1/", 409),
      AvocadoStep("PATCH", path + "1/", sending: #"{"version":"3"}"#, 200, #"…"version":"3",…"kind":"rpm",…"#),
      AvocadoStep("GET", path, 200, #"{"count":1,…"version":"3",…"#),
      AvocadoStep("DELETE", path + "1/", 204), AvocadoStep("DELETE", "/softwarecomponentkinds/2/", 204),
    ])
  }

  @Test func distrosAndEnvironments() async throws {
    let fedora = #"{"name":"fedora","version":"22","release":"","arch":"x86_64"}"#
    try await run([
      AvocadoStep("GET", "/linuxdistros/1/", 200, #"{"name":"unknown","version":"0","release":"0","arch":"unknown"}"#),
      AvocadoStep("POST", "/linuxdistros/", sending: #"{"name":"fedora","version":"22","arch":"x86_64"}"#, 201, fedora),
      AvocadoStep(
        "POST", "/linuxdistros/", sending: fedora, 400,
        #"{"non_field_errors":["The fields name, version, release, arch must make a unique set."]}"#),
      AvocadoStep(
        "POST", "/linuxdistros/", sending: #"{"name":"x","version":"1"}"#, 400, #"{"arch":["This field is required."]}"#
      ),
      AvocadoStep(
        "POST", "/testenvironments/", sending: #"{"distro":\#(fedora),"installed_software_components":[1]}"#, 201,
        #"{"distro":\#(fedora),"installed_software_components":[]}"#),
      AvocadoStep("POST", "/testenvironments/", sending: #"{}"#, 400, #"{"distro":["This field is required."]}"#),
      AvocadoStep(
        "POST", "/testenvironments/", sending: #"{"distro":5}"#, 400, #"{"distro":{"non_field_errors":["…"]}}"#),
      AvocadoStep(
        "POST", "/testenvironments/", sending: #"{"distro":{"name":"a","version":"1"}}"#, 400,
        #"{"distro":{"arch":["This field is required."]}}"#),
      AvocadoStep(
        "POST", "/testenvironments/", sending: #"{"distro":{"name":"a","version":"1","arch":"b"}}"#, 400,
        #"{"detail":"…"}"#),
      AvocadoStep(
        "POST", "/testenvironments/",
        sending: "distro.name=unknown&distro.version=0&distro.release=0&distro.arch=unknown",
        type: "application/x-www-form-urlencoded", 201, #"{"distro":{"name":"unknown",…"#),
      AvocadoStep("DELETE", "/testenvironments/2/", 204),
      AvocadoStep("POST", "/testenvironments/", sending: #"{"distro.name":"unknown"}"#, 400),
      AvocadoStep("DELETE", "/linuxdistros/2/", 409),
      AvocadoStep("GET", "/testenvironments/", 200, #"{"count":1,…[{"distro":\#(fedora),…"#),
      AvocadoStep("PATCH", "/testenvironments/1/", sending: "{}", 200, #"{"distro":\#(fedora),…"#),
      AvocadoStep("DELETE", "/testenvironments/1/", 204), AvocadoStep("DELETE", "/linuxdistros/2/", 204),
    ])
  }
}
