#include "daemon/machine_fingerprint.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using namespace edge_rollup;

namespace {

/// The files in which Linux tells of itself.
class told_machine {
 public:
  void has_id(const std::string& id) { write(root() / "etc/machine-id", id); }
  void has_card(const std::string& name, const std::string& address, const std::string& assigned) {
    const auto card = root() / "sys/class/net" / name;
    write(card / "address", address);
    write(card / "addr_assign_type", assigned);
  }
  [[nodiscard]] const std::filesystem::path& root() const { return room_.path(); }

 private:
  static void write(const std::filesystem::path& file, const std::string& line) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << line << "\n";
  }

  tests::temporary_directory room_;
};

}  // namespace

TEST_CASE("a machine is known by its id and by the cards whose address is their own") {
  told_machine machine;
  machine.has_id("5f0c2d");
  machine.has_card("wlan0", "bb:02", "0");
  machine.has_card("eth0", "aa:01", "0");
  machine.has_card("docker0", "cc:03", "3");
  machine.has_card("lo", "00:00:00:00:00:00", "0");
  machine.has_card("tun0", "", "0");
  CHECK(daemon::read_machine_fingerprint(machine.root()) == outbox::fingerprint{"5f0c2d", {"aa:01", "bb:02"}});
}

TEST_CASE("what a machine does not say is left out") {
  told_machine silent;
  CHECK(daemon::read_machine_fingerprint(silent.root()) == outbox::fingerprint{});
  silent.has_card("eth0", "aa:01", "0");
  CHECK(daemon::read_machine_fingerprint(silent.root()) == outbox::fingerprint{"", {"aa:01"}});
}
