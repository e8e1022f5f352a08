// The ingest endpoint of a simulated world: takes rollups, or fails in one of the ways that clouds fail, and keeps a
// record of all that arrived.
#pragma once

#include "model/time.hpp"
#include "model/url.hpp"
#include "support/fake_network.hpp"
#include "support/virtual_clock.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace edge_rollup::sim {

enum class cloud_mood {
  healthy,
  refuses,           ///< no connection comes about
  ignores,           ///< packets vanish
  silent,            ///< reads, never answers
  garbles,           ///< answers, but not in HTTP
  busy,              ///< 503
  busy_for_seconds,  ///< 503 with Retry-After in seconds
  busy_until_date,   ///< 503 with Retry-After as a date
  overloaded,        ///< 503 to every second request, by chance
  unauthorized,      ///< 401
  refuses_all,       ///< 422, whatever it is
  portal,            ///< somebody on the way answers 200 with a web page
  loses_acks         ///< takes the rollup, and the connection breaks before the answer
};

/// All in which nothing is acknowledged.
inline constexpr std::array outages = {
    cloud_mood::refuses, cloud_mood::ignores,          cloud_mood::silent,          cloud_mood::garbles,
    cloud_mood::busy,    cloud_mood::busy_for_seconds, cloud_mood::busy_until_date, cloud_mood::unauthorized,
    cloud_mood::portal,  cloud_mood::loses_acks};

/// One request, whatever became of it.
struct arrival {
  model::mono_time at;
  std::uint64_t sequence = 0;
  std::string key;            ///< Idempotency-Key as it stood in the header
  std::string authorization;  ///< as it stood in the header
  std::string body;
  bool taken = false;  ///< the cloud has the rollup, whether the gateway learns of it or not
};

class fake_cloud {
 public:
  /// `network` and `time` must outlive the object, and it stays where it is.
  fake_cloud(tests::fake_network& network, tests::virtual_clock& time);
  fake_cloud(const fake_cloud&) = delete;
  fake_cloud& operator=(const fake_cloud&) = delete;

  [[nodiscard]] static model::url url();

  void become(cloud_mood mood);

  std::set<std::uint64_t> poison;    ///< sequences that are answered with 422 whenever others are taken
  std::optional<std::string> token;  ///< 401 without it; empty: everybody may come
  model::milliseconds latency{20};
  std::vector<arrival> arrivals;
  std::size_t lost_acks = 0;

 private:
  [[nodiscard]] std::vector<tests::piece> answer(const std::string& request);
  [[nodiscard]] std::vector<tests::piece> take(arrival& came);
  [[nodiscard]] std::string busy_until_date() const;

  tests::virtual_clock& time_;
  tests::fake_host& host_;
  model::wall_time began_wall_;
  model::mono_time began_;
  cloud_mood mood_ = cloud_mood::healthy;
  std::mt19937_64 overload_;
};

}  // namespace edge_rollup::sim
