"""Secrets and keys of a site: made at the first start, kept for one user only, read from files, never shown."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from omega_site.environment import Environment
from tests.omega_site.reading import read


def test_secret_key_is_made_once_and_kept_for_this_user_only(tmp_path: Path) -> None:
    """The first start makes a key with mode 0600, and later ones find it again."""
    first, second = read("SECRET_KEY", tmp_path), read("SECRET_KEY", tmp_path)
    kept = tmp_path / "data" / "secret_key"
    assert first.stdout == second.stdout
    assert len(first.stdout.strip()) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@pytest.mark.parametrize("left", ["", "\n"])
def test_empty_secret_key_is_made_again(tmp_path: Path, left: str) -> None:
    """A start on a full disk may have left a file without a key."""
    kept = tmp_path / "data" / "secret_key"
    kept.parent.mkdir()
    kept.write_text(left)
    assert len(read("SECRET_KEY", tmp_path).stdout.strip()) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Web, worker and beat may all be the first: none reads half a key, or one that another replaces."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    racers, rounds = 8, 25
    barrier = Barrier(racers)

    def keys(_: int) -> list[str]:
        made = []
        for number in range(rounds):
            barrier.wait(timeout=10)
            made.append(Environment().secret_key(keep_in=tmp_path / str(number) / "secret_key"))
        return made

    with ThreadPoolExecutor(racers) as pool:
        of_each_racer = list(pool.map(keys, range(racers)))
    assert len({tuple(made) for made in of_each_racer}) == 1


def test_secret_comes_from_the_file_that_name_file_names(tmp_path: Path) -> None:
    """NAME_FILE works where secrets are mounted as files; white space around them is not part of them."""
    (tmp_path / "key").write_text("k" * 60 + "\n")
    assert read("SECRET_KEY", tmp_path, SECRET_KEY_FILE=str(tmp_path / "key")).stdout.strip() == "k" * 60


def test_encryption_key_is_made_once_and_kept_for_this_user_only(tmp_path: Path) -> None:
    """D-04: the first start makes one with mode 0600, which is not SECRET_KEY; later ones find it again."""
    first, second = read("OMEGA_ENCRYPTION_KEYS", tmp_path), read("OMEGA_ENCRYPTION_KEYS", tmp_path)
    kept = tmp_path / "data" / "encryption_keys"
    assert first.stdout == second.stdout == f"['{kept.read_text()}']\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_text() != (tmp_path / "data" / "secret_key").read_text()


def test_encryption_keys_are_several_while_one_takes_over(tmp_path: Path) -> None:
    """S12: in their order, from the variable or from a file, on lines or with commas."""
    new, old = "n" * 43 + "=", "o" * 43 + "="
    (tmp_path / "keys").write_text(f"{new}\n{old}\n")
    for given in ({"OMEGA_ENCRYPTION_KEYS": f"{new},{old}"}, {"OMEGA_ENCRYPTION_KEYS_FILE": str(tmp_path / "keys")}):
        assert read("OMEGA_ENCRYPTION_KEYS", tmp_path, **given).stdout == f"['{new}', '{old}']\n"


def test_piece_of_the_secret_key_encrypts_nothing(tmp_path: Path) -> None:
    """D-04: whoever learns SECRET_KEY would open the API keys too; the refusal shows neither."""
    secret_key = "aB3_" * 16
    for key in (secret_key[:43] + "=", secret_key[2:45] + "="):
        given = {"SECRET_KEY": secret_key, "OMEGA_ENCRYPTION_KEYS": f"{'n' * 43}=,{key}"}
        answer = read("OMEGA_ENCRYPTION_KEYS", tmp_path, **given)
        assert "OMEGA_ENCRYPTION_KEYS holds a piece of SECRET_KEY" in answer.stderr
        assert key[:43] not in answer.stderr


@pytest.mark.parametrize("given", ["k" * 60, "short", "n" * 43 + "=,"])
def test_what_is_no_encryption_key_is_refused_without_being_shown(tmp_path: Path, given: str) -> None:
    """D-04: such as SECRET_KEY, which signs what browsers hold and is nothing to encrypt with."""
    answer = read("OMEGA_ENCRYPTION_KEYS", tmp_path, OMEGA_ENCRYPTION_KEYS=given)
    assert "OMEGA_ENCRYPTION_KEYS holds what is no key" in answer.stderr
    assert given not in answer.stderr
