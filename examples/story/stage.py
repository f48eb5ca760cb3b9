"""What every act needs: the files, the people at the gateway, the business clock, and a voice."""

import time
from dataclasses import dataclass, field

from examples.story.days import BusinessClock
from examples.story.files import Company
from examples.story.gateway import Gateway, Person
from services.kit.errors import Language, Text

PERIOD = "2026-Q1"


@dataclass
class Stage:
    """The open stage of one quarter. `cycle` and `run` hold the ids once they are known."""

    company: Company
    gateway: Gateway
    clock: BusinessClock
    password: str
    administrator_password: str
    second_administrator_password: str
    language: Language = "en"
    began: float = field(default_factory=time.monotonic)
    cycle: str = ""
    run: str = ""

    def say(self, zh: str, en: str) -> None:
        """One line of progress."""
        print(f"  {time.monotonic() - self.began:5.1f} s  {self.words(zh, en)}", flush=True)

    def words(self, zh: str, en: str) -> str:
        """What is said, in the language of the scenario."""
        return Text(zh, en).in_language(self.language)

    def as_(self, login: str) -> Person:
        return self.gateway.person(login, self.password)

    def by_number(self, number: str) -> Person:
        return self.as_(self.company.login_of[number])

    @property
    def administrator(self) -> Person:
        return self.gateway.person("administrator", self.administrator_password)

    @property
    def second_administrator(self) -> Person:
        """Releases the roles that the administrator proposes."""
        return self.gateway.person("second.administrator", self.second_administrator_password)

    @property
    def hr(self) -> Person:
        """The HR manager, who runs the cycle."""
        return self.as_(self.company.named("方晴"))

    @property
    def hr_director(self) -> Person:
        return self.as_(self.company.named("陆婉宁"))

    @property
    def clerk(self) -> Person:
        """The compensation specialist, who calculates."""
        return self.as_(self.company.named("范思齐"))

    @property
    def compensation(self) -> Person:
        """The compensation manager, who reviews."""
        return self.as_(self.company.named("程雅琴"))

    @property
    def approver(self) -> Person:
        """The finance manager, who approves all lines but her own."""
        return self.as_(self.company.named("魏淑芬"))

    @property
    def finance_director(self) -> Person:
        """The finance director, who approves what the finance manager may not, and posts."""
        return self.as_(self.company.named("秦国栋"))
