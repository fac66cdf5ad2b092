"""The lab's own reading of the console's screens."""

import unittest

from proof.screen import Screen

SHOWN = Screen("""\
 lab demo  ◔ paused  ━━━━━━━━━━━━━━────────── 56/91  link lost: cargyll  0/5 nodes                                   14m
┌ bettley of 5 nodes ──────────────────────────┐┌ ‖ cargyll join/kubelet-start stopped 1m11s ────────────────── FOLLOW ┐
│ ▾✔ bettley  cp 10.4.0.11  39/39   18m done   ┃│certs 9/9                                                             │
│ │ ▸✔ certs                11/11  4.1s done   ┃│                                                                      │
│◆│  ○ upload-certs                     waiting││                                                                      │
│ │ ·◔ wait/kubelet                     held   ││                                                                      │
│ │  ‖ kubelet-start  safe to re… 1m11s stopped││                                                                      │
│▌▾‖ cargyll  link lost       6/9 1m27s stopped┃│                                                                      │
└──────────────────────────────────────────────┘└──────────────────────────────────────────────────────────────────────┘
 stopping join/kubelet-start on cargyll
 r retry  D diagnosis  S skip  s step  c continue  u run to here  p preview  b break  e explain  w why  m mark   ? help
""")


class Reading(unittest.TestCase):
    def test_rows_are_found_by_their_whole_name(self):
        self.assertEqual(SHOWN.state("certs"), "done")
        self.assertEqual(SHOWN.state("upload-certs"), "waiting")
        self.assertEqual(SHOWN.state("kubelet-start"), "stopped")
        self.assertEqual(SHOWN.state("wait/kubelet"), "held")
        self.assertEqual(SHOWN.state("kubelet"), "")
        self.assertIsNone(SHOWN.row("gardener"))

    def test_a_nodes_row_counts_its_steps(self):
        self.assertEqual(SHOWN.steps_over("bettley"), (39, 39))
        self.assertEqual(SHOWN.steps_over("cargyll"), (6, 9))
        self.assertIsNone(SHOWN.steps_over("dalt"))

    def test_header_title_and_word(self):
        self.assertIn("paused", SHOWN.header)
        self.assertEqual(SHOWN.title, "‖ cargyll join/kubelet-start stopped 1m11s ────────────────── FOLLOW")
        self.assertEqual(SHOWN.word, "stopping join/kubelet-start on cargyll")

    def test_an_empty_screen_has_nothing_on_it(self):
        empty = Screen("")
        self.assertEqual((empty.header, empty.title, empty.word, empty.state("bettley")), ("", "", "", ""))


if __name__ == "__main__":
    unittest.main()
