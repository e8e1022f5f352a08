#include "deliver/kept_answer.hpp"

#include "observe/one_line.hpp"

#include <string>

namespace edge_rollup::deliver {

outbox::last_answer kept_answer(const answer& came) {
  const std::string& words = came.status ? came.words : came.failure ? came.failure->message : *came.unready;
  return {came.status, observe::one_line(words, outbox::answer_words_max_bytes)};
}

}  // namespace edge_rollup::deliver
