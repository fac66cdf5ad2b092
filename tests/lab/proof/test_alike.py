"""What counts as the same between two calls of kubeadm."""

import unittest

from proof.alike import compare, plain, tags
from proof.twins import Said, listed


def said(rc=0, out=(), err=(), written=None, gone=()):
    return Said(rc, list(out), list(err), written or {}, list(gone))


class Alike(unittest.TestCase):
    def test_times_processes_and_what_is_drawn_do_not_count(self):
        one = said(out=["[a] after 12.5 seconds", "token abcdef.0123456789abcdef", f"sha256:{'a' * 64}"],
                   err=["W1122 10:11:39.734558     564 x.go:1] no"])
        other = said(out=["[a] after 3.1 seconds", "token zzzzzz.0123456789abcdef", f"sha256:{'b' * 64}"],
                     err=["W1123 11:12:00.000001    7 x.go:1] no"])
        self.assertEqual(compare(one, other), [])

    def test_everything_else_does(self):
        found = compare(
            said(1, ["[a] x", "[b] y"], ["no"], {"/f": "600 root:root"}, ["/g"]),
            said(0, ["[b] y", "[a] x"], ["yes"], {"/f": "644 root:root"}, []),
        )
        headings = [heading for heading, _ in found]
        self.assertEqual(headings, ["exit status", "tags of stdout", "stdout", "stderr", "files written", "files taken away"])
        self.assertEqual(dict(found)["files written"], ["-/f 600 root:root", "+/f 644 root:root"])

    def test_the_order_of_a_joins_certificates_does_not_count(self):
        one = ['[certs] Generating "b" certificate and key', "[certs] b serving cert is signed for x",
               '[certs] Generating "a" certificate and key', "[certs] Valid", '[certs] Using the existing "sa" key']
        other = [one[2], one[0], one[1], *one[3:]]
        self.assertEqual(compare(said(out=one), said(out=other)), [])
        moved = [one[1], one[2], one[0], *one[3:]]
        self.assertNotEqual(compare(said(out=one), said(out=moved)), [])

    def test_tags_are_told_once_in_a_row(self):
        self.assertEqual(tags(["[a] 1", "[a] 2", "  [b] no tag", "[b] 3", "[a] 4"]), ["a", "b", "a"])

    def test_what_only_the_lab_has_is_left_out(self):
        self.assertEqual(plain(["W1122 10:11:39.7     5 version.go:102] falling back to the local client version: v1.20.2"]), [])

    def test_files_are_read_with_mode_owner_and_content(self):
        self.assertEqual(listed("/etc/a b 600 root:root abc\n\n"), {"/etc/a b": ("600 root:root", "abc")})


if __name__ == "__main__":
    unittest.main()
